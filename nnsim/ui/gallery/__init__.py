"""The gallery of examples: pictures drawn from the examples themselves, words, and a search."""

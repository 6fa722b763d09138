"""What every other room stands on: messages, numbers, random generators, resource paths."""

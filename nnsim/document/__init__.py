"""The diagram as a value: nodes, connections, data, settings; edits, checks, compiling, files."""

"""The intermediate representation: nodes, types, printing, verification."""

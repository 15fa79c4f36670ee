"""What things are: frozen types, pure functions, no input or output."""

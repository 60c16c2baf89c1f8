"""Search algorithms behind one interface: ask for proposals, evaluate them, ask again."""

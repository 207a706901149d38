"""What the code says: values, graph, modules, cycles, coupling, impact; from facts to answers."""

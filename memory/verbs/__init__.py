"""What `ArchMem` can do, a function a verb; `memory.api` makes methods of them."""

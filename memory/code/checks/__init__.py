"""Whether code keeps to what is demanded of it: by decisions, and by contracts of other tools."""

"""Ways in beside fetching: files of commercial listening services, other programs that push, people who clip."""

"""The commands of `kizuki`, one module a group. Those that need no database import no Django."""

// Loaded before each application: whatever ends the host, even SIGKILL, closes this channel.
process.on('disconnect', () => process.exit(0));

// Loaded before each application: whatever ends the host, even SIGKILL, closes this channel.
if (!process.connected) process.exit(0);
process.on('disconnect', () => process.exit(0));

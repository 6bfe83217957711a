// Loaded into a worker before its program (node --import): SIGUSR2 then blocks its event loop, as an endless
// regular expression would, for as many milliseconds as BLOCK_MS says.
const milliseconds = Number(process.env['BLOCK_MS'] ?? '1000');
const never = new Int32Array(new SharedArrayBuffer(4));
process.on('SIGUSR2', () => {
  Atomics.wait(never, 0, 0, milliseconds);
});

import type { Progress } from './context.ts';

/** Below this many messages a step is over before a bar could be read. */
const totalMin = 100_000;

/** A progress bar on standard error for long steps; nothing where that is no terminal. */
export async function createProgressBar(): Promise<Progress> {
  if (!process.stderr.isTTY) return () => undefined;
  const { SingleBar, Presets } = await import('cli-progress');
  const format = '{step} {bar} {percentage}% {value}/{total}';
  let bar: InstanceType<typeof SingleBar> | undefined;
  let current = '';
  return (step, done, total) => {
    if (total < totalMin) return;
    if (step !== current) {
      bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
      bar.start(total, 0, { step: step.padEnd(9) });
      current = step;
    }
    bar?.update(done);
    if (done >= total) bar?.stop();
  };
}

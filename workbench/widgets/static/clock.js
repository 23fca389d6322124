/** Times of a clip: which frame is shown when, and how a time is said. Pure functions. */

/** Return the index of the frame that is shown at `seconds`. @param {Float32Array | number[]} times ascending */
export function frameAt(times, seconds) {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (times[middle] <= seconds) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}

/** Return when a frame ends: where the next one begins. */
export function endOf(times, index) {
  if (index + 1 < times.length) return times[index + 1];
  const last = times.length - 1;
  return times[last] + (last > 0 ? times[last] / last : 0.04);
}

/** Say a time: "1:02.40", with `digits` behind the point. */
export function sayTime(seconds, digits = 2) {
  const whole = Math.max(seconds, 0);
  const factor = 10 ** digits;
  const units = Math.floor(whole * factor + 1e-3);
  const rest = ((units / factor) % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  const minutes = Math.floor(units / factor / 60);
  const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
  return hours ? `${hours}:${String(left).padStart(2, "0")}:${rest}` : `${left}:${rest}`;
}

/** Return the step between marks of a ruler so that they are at least `apart` pixels from each other. */
export function rulerStep(secondsPerPixel, apart) {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
  return steps.find((step) => step / secondsPerPixel >= apart) ?? 7200;
}

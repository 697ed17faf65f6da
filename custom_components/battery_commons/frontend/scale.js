/** From values to places on the drawing. Pure. */

const MINUTE = 60_000;
const STEPS_MIN = [5, 15, 30, 60, 120, 180, 240, 360, 720, 1440];

/** Return a function from a value between `low` and `high` to a place between `from` and `to`. */
export function scale(low, high, from, to) {
  const length = high - low || 1;
  return (value) => from + ((value - low) / length) * (to - from);
}

/** Return the nearest round number that is no less than a positive value. */
export function roundUp(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value * (1 - 1e-9));
}

/**
 * Return the moments to write below a time axis, `least` pixels apart or more: whole hours of the local clock, or
 * minutes where little time is shown.
 *
 * They are counted off one by one, so that a day of 23 or 25 hours has its marks where its clock strikes.
 */
export function timeMarks(start, end, width, localTime, least = 44) {
  const step = STEPS_MIN.find((minutes) => ((minutes * MINUTE) / (end - start)) * width >= least) ?? STEPS_MIN.at(-1);
  const pace = Math.min(step, 15) * MINUTE; // Every time zone is a whole number of quarters from UTC.
  const marks = [];
  for (let moment = Math.ceil(start / pace) * pace; moment <= end; moment += pace) {
    const { hour, minute } = localTime(moment);
    if ((60 * hour + minute) % step === 0) marks.push({ moment, isMidnight: hour === 0 && minute === 0, isHour: minute === 0 });
  }
  return marks;
}

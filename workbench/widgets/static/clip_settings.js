/** The settings for videos beside the rules of each kind, in plain words. */
import { element, freshId } from "./base.js";
import { choice, slider } from "./panel.js";

const SOUNDS = {
  drop: "Leave it out",
  mute: "Silence what is marked",
  distort: "Distort every voice",
  keep: "Keep it as it is",
};
const SOUND_HINTS = {
  drop: "The new file is silent.",
  mute: "Mark the parts below the picture. While nothing is marked, all sound is left out.",
  distort: "Words stay understandable, and whoever knows the speaker may still recognise them.",
  keep: "A voice identifies people.",
};
const CAMERAS = { auto: "Find out", still: "Stands still", moving: "Moves" };
const SIZES = { 16: "Finest, largest file", 20: "Fine", 24: "Smaller file", 28: "Smallest file" };

/**
 * @param {(edit: (video: any) => void) => void} change is called while a control moves
 * @param {() => void} commit is called when it is released
 */
export function clipSettings(change, commit) {
  const set = (part) => change((video) => Object.assign(video, part));
  const sound = choice("Sound", SOUNDS, (value) => set({ audio: value }));
  const soundHint = element("p", { class: "wb-hint" });
  const hold = slider("Hidden before and after", 0.05, (value) => set({ hold: value }));
  hold.hint.textContent = "Somebody who comes into the picture is often seen a moment late.";
  const camera = choice("Camera", CAMERAS, (value) => set({ camera: value }));
  const cameraHint = element("p", { class: "wb-hint" }, "Where it stands still, only what changes is searched.");
  const size = choice("Picture", SIZES, (value) => set({ compression: Number(value) }));
  const title = element("h3", { id: freshId() }, "Videos");
  const node = element(
    "section",
    { class: "wb-clip-settings", "aria-labelledby": title.id, onchange: commit },
    title,
    ...[sound.node, soundHint, hold.node, camera.node, cameraHint, size.node],
  );
  const nearest = (value) => Object.keys(SIZES).reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
  return {
    node,
    limit(limits) {
      sound.offer(limits.video.audio, limits.purpose);
      camera.offer(Object.keys(CAMERAS), limits.purpose);
      size.offer(Object.keys(SIZES), limits.purpose);
    },
    show(video, limits) {
      sound.select.value = video.audio;
      soundHint.textContent = SOUND_HINTS[video.audio];
      hold.show(video.hold, limits.video.hold, (value) => `${Number(value.toFixed(2))} seconds`);
      camera.select.value = video.camera;
      size.select.value = nearest(video.compression);
    },
  };
}

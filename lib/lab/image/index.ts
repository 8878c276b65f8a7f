export { ensureHostImage } from "./host-image";

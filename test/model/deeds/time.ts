import { type Deed, MINUTE } from "./deed";

/** Time an agent's next effect is waited for. */
const TICK_PATIENCE = 4_000;

const pass =
  (milliseconds: (amount: number) => number): Deed =>
  async ({ world }, _, amount) => {
    await world.advance(milliseconds(amount));
    return true;
  };

/** Time passes. */
export const TIME = {
  /** Until the next effect of any agent. */
  tick: async ({ world }) => {
    const { effects } = world.courier;
    await world.advance(TICK_PATIENCE, () => world.courier.effects > effects);
    return true;
  },
  moment: pass((amount) => amount * 4_000),
  minute: pass((amount) => amount * 2 * MINUTE),
  hour: pass((amount) => (60 + amount * 20) * MINUTE),
} satisfies Record<string, Deed>;

// What the tests of the panel's past do and look at: steps, values, menus, and what was asked of the extension.
import type { Locator } from "playwright-core";
import type { PanelRequest } from "../../src/protocol/webview.ts";
import { ownPanel, type PanelOptions } from "./panel.ts";
import { type FakePast, fakePast, pastPicture } from "./past.ts";

/** Call within `describe`: each test opens a panel of its own, which is closed after it. */
export function pastPage() {
  const { panel, open: openPanel } = ownPanel();
  let faked: FakePast;
  const past = (): FakePast => faked;

  /** Opens the panel on a thread; `long`: with so many steps before those that are told. */
  async function open(options: PanelOptions = {}, long?: number): Promise<void> {
    faked = fakePast(long);
    const shown = await openPanel({
      width: 1000,
      height: 760,
      picture: pastPicture,
      answers: faked.answers,
      ...options,
    });
    await shown.page.locator(".timeline").waitFor({ state: "attached" });
  }
  const steps = (): Locator =>
    panel().page.getByRole("tree", { name: "Steps, newest first" }).getByRole("treeitem");
  const step = (name: RegExp): Locator =>
    panel().page.getByRole("tree", { name: "Steps, newest first" }).getByRole("treeitem", { name });
  const values = (): Locator =>
    panel().page.getByRole("tree", { name: "Values of the state" }).getByRole("treeitem");
  const value = (name: string): Locator =>
    values().filter({ has: panel().page.locator(`.value-name:text-is("${name}")`) });
  const tab = (name: string): Locator => panel().page.getByRole("tab", { name, exact: true }).last();
  const texts = async (rows: Locator): Promise<string[]> =>
    (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
  /** The newest request of a type, without its number. */
  const asked = <Type extends PanelRequest["type"]>(type: Type): object | undefined => {
    const found = past().asked.findLast((each) => each.type === type);
    const { request: _, thread: __, ...rest } = { thread: "", request: 0, ...found };
    return "type" in rest ? rest : undefined;
  };
  const about = (text: string | RegExp): Promise<void> =>
    panel().page.locator(".details-step").filter({ hasText: text }).waitFor();
  const against = async (text: string): Promise<void> => {
    await panel()
      .page.getByLabel("Against")
      .locator("option:checked", { hasText: text })
      .waitFor({ state: "attached" });
    await panel().page.getByText("3 changes").waitFor();
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await panel().page.keyboard.press(key);
  };
  const choose = (name: string): Promise<void> => panel().page.getByRole("menuitem", { name }).click();

  return {
    open,
    panel,
    past,
    steps,
    step,
    values,
    value,
    tab,
    texts,
    asked,
    about,
    against,
    press,
    choose,
  };
}

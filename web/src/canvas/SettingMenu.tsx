import { labelOf } from '../model/form/words';
import { Menu } from '../parts/Menu';
import { feedSetting, stopAsking, useQuestion } from './asking';

/** The settings of a card that a variable can go into. */
export function SettingMenu() {
  const question = useQuestion((state) => state.question);
  if (!question) return null;
  const { from, node, settings, at } = question;
  return (
    <Menu
      label={`Which setting of ${node} takes ${from.node}.${from.port}?`}
      isTitled
      items={settings.map((setting) => ({
        id: setting.id,
        label: labelOf(setting.id),
        perform: () => feedSetting(question, setting.id),
      }))}
      anchor={new DOMRect(at[0], at[1], 0, 0)}
      onClose={stopAsking}
    />
  );
}

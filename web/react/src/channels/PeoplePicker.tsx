// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { Person } from './Person.tsx';

interface PeoplePickerProps {
  label: string;
  people: readonly UserObject[];
  online: ReadonlySet<string>;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Any number of colleagues. */
export function PeoplePicker({ label, people, online, chosen, onChange }: PeoplePickerProps) {
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <fieldset className="cf-people">
      <legend>{label}</legend>
      {people.map((user) => (
        <label key={user.id} className="cf-person cf-check">
          <input type="checkbox" checked={chosen.includes(user.id)} onChange={() => toggle(user.id)} />
          <Person user={user} online={online.has(user.id)} />
        </label>
      ))}
    </fieldset>
  );
}

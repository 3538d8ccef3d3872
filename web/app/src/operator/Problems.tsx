// SPDX-License-Identifier: Apache-2.0
import type { OperatorProblemObject } from '@confab/client';
import { useMessages, useTexts } from '../texts/index.ts';

/** What the server's log had to complain about lately. The lines stay in its own words. */
export function Problems({ problems }: { problems: readonly OperatorProblemObject[] }) {
  const texts = useTexts();
  const messages = useMessages();
  const time = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const titles = [texts.opWhen, texts.opLevel, texts.opWhere, texts.opWhat] as const;
  return (
    // in a narrow window it is wider: the arrow keys move it; the roles: on a phone each row is drawn as a card, and stays a row
    <div className="op-scroll" role="group" aria-label={texts.opProblems} tabIndex={0}>
      <table className="op-cards" role="table">
        <thead role="rowgroup">
          <tr role="row">
            {titles.map((title) => (
              <th key={title} scope="col" role="columnheader">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {problems.map((problem, i) => (
            <tr key={`${problem.at} ${i}`} role="row">
              <td role="cell" data-title={titles[0]}>{time.format(Date.parse(problem.at))}</td>
              <td role="cell" data-title={titles[1]}>{texts.opLevels[problem.level]}</td>
              <td role="cell" data-title={titles[2]}>{problem.topic}</td>
              <td role="cell" data-title={titles[3]} className="op-text">
                <span lang="en" dir="ltr">
                  {problem.text}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

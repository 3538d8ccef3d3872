// SPDX-License-Identifier: Apache-2.0
import type { OperatorProblemObject } from '@confab/client';
import { useMessages, useTexts } from '../texts/index.ts';

/** What the server's log had to complain about lately. The lines stay in its own words. */
export function Problems({ problems }: { problems: readonly OperatorProblemObject[] }) {
  const texts = useTexts();
  const messages = useMessages();
  const time = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <div className="op-scroll">
      <table>
        <thead>
          <tr>
            {[texts.opWhen, texts.opLevel, texts.opWhere, texts.opWhat].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {problems.map((problem, i) => (
            <tr key={`${problem.at} ${i}`}>
              <td>{time.format(Date.parse(problem.at))}</td>
              <td>{texts.opLevels[problem.level]}</td>
              <td>{problem.topic}</td>
              <td lang="en" dir="ltr" className="op-text">
                {problem.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

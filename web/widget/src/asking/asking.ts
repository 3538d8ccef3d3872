// SPDX-License-Identifier: Apache-2.0
/** What people are asked now and then, a chunk of its own: how the team was, how a call was, what is wrong with a message. */
import styles from './asking.css';

export { AfterCall } from './AfterCall.tsx';
export { ReportForm } from './ReportForm.tsx';
export { SatisfactionForm } from './SatisfactionForm.tsx';
export { styles };

// SPDX-License-Identifier: Apache-2.0
import { createContext } from 'react';
import { en, type Messages } from './en.ts';

/** The texts around a component; `useMessages` reads it. */
export const MessagesContext = createContext<Messages>(en);

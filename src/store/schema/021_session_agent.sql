-- What the browser of a sign-in called itself: for the list of them. Those from before do not know it.
ALTER TABLE sessions ADD COLUMN agent TEXT;

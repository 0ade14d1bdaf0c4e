// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/notice_list.h"

namespace dorascope::app {

void NoticeList::add(Instant at, const host::HostNotice& notice)
{
    push(at, notice.about, !notice.over, QString::fromStdString(notice.text));
}

void NoticeList::add(Instant at, const QString& sentence) { push(at, std::nullopt, true, sentence); }

/// A notice takes the place of those before it about the same. A trouble that is told of with every batch of messages is one notice, with
/// its newest words: a hundred of them would push out all others.
void NoticeList::push(Instant at, std::optional<host::NoticeSubject> about, bool stands, const QString& text)
{
    const std::scoped_lock lock(mutex_);
    const bool again = about && stands && !subjects_.isEmpty() && subjects_.constLast() == about && notices_.constLast().stands;
    if (again) {
        notices_.last().text = text;
        return;
    }
    for (qsizetype i = 0; about && i < notices_.size(); ++i)
        if (subjects_[i] == about) notices_[i].stands = false;
    if (notices_.size() >= kMost) {
        notices_.removeFirst();
        subjects_.removeFirst();
    }
    notices_.append({at, text, stands});
    subjects_.append(about);
}

QList<ui::Notice> NoticeList::list() const
{
    const std::scoped_lock lock(mutex_);
    return notices_;
}

} // namespace dorascope::app

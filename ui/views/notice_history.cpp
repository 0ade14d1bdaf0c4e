// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/notice_history.h"

#include "ui/models/time_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QListWidget>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>

namespace dorascope::ui {

NoticeHistory::NoticeHistory(QWidget* parent) : QFrame(parent, Qt::Popup), list_(new QListWidget)
{
    setAccessibleName(tr("What the server has said"));
    setFrameShape(QFrame::StyledPanel);
    list_->setAccessibleName(accessibleName());
    list_->setWordWrap(true);
    list_->setFrameShape(QFrame::NoFrame);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setSpacing(3);
    list_->setIconSize({13, 13});
    auto* const layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->addWidget(list_);
    setFocusProxy(list_);
}

void NoticeHistory::showAbove(QWidget& anchor, const QList<Notice>& notices)
{
    const Theme& theme = Theme::current();
    list_->clear();
    for (auto notice = notices.rbegin(); notice != notices.rend(); ++notice) {
        auto* const item =
            new QListWidgetItem(models::clockTextSeconds(notice->at) + QStringLiteral("   ") + notice->text, list_);
        item->setIcon(icon(notice->stands ? QStringLiteral("warning") : QStringLiteral("dot"),
                           theme.color(notice->stands ? Role::warning : Role::textMuted)));
    }
    const QWidget* const window = anchor.window();
    const int wide = std::min(560, window->width() - 32);
    const int high = std::clamp(list_->sizeHintForRow(0) * 2 * static_cast<int>(notices.size()) + 12, 72, window->height() / 2);
    resize(wide, high);
    const QPoint corner = anchor.mapToGlobal(QPoint(anchor.width(), -6));
    const int left = std::max(window->mapToGlobal(QPoint(16, 0)).x(), corner.x() - wide);
    move(left, corner.y() - high);
    show();
    list_->setFocus();
}

QString NoticeHistory::text() const
{
    QStringList lines;
    for (int row = 0; row < list_->count(); ++row)
        lines << list_->item(row)->text();
    return lines.join(QLatin1Char('\n'));
}

} // namespace dorascope::ui

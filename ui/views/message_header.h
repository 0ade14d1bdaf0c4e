// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/wire/message_type.h"

#include <QString>
#include <QWidget>

namespace dorascope::ui {

/// "[OFFER] 192.168.1.101 → Smartphone B" over "frame 11 · 342 bytes · xid 0x3903f326 · broadcast".
class MessageHeader : public QWidget {
    Q_OBJECT
public:
    explicit MessageHeader(QWidget* parent = nullptr);
    void show(MessageType type, const QString& badge, const QString& title, const QString& subtitle);
    void clear();
    QString title() const { return title_; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    MessageType type_{};
    QString badge_, title_, subtitle_;
};

} // namespace dorascope::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace dorascope::ui {

/// A large button of two lines with an icon: one of the ways in.
class DoorButton : public QAbstractButton {
    Q_OBJECT
public:
    DoorButton(const QString& icon, const QString& title, const QString& detail, QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString icon_, detail_;
};

} // namespace dorascope::ui

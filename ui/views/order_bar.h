// SPDX-License-Identifier: GPL-3.0-or-later
// A question before an order that hurts, and what became of one, with the way back where there is one; in the window, not in a box over it.
#pragma once

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace dorascope::ui {

class OrderBar : public QFrame {
    Q_OBJECT
public:
    explicit OrderBar(QWidget* parent = nullptr);

    /// The order is carried out by its button; Escape, the cross or another question takes it back.
    void ask(const QString& question, const QString& action, std::function<void()> carryOut);
    /// It was done. `undo` may be empty: then there is no way back.
    void tell(const QString& said, std::function<void()> undo = {});
    void dismiss();
    QString text() const; ///< empty when nothing is shown
    QPushButton& button() { return *button_; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void restyle();
    void set(const QString& text, const QString& action, std::function<void()> act);

    QLabel* text_;
    QPushButton* button_;
    QToolButton* close_;
    std::function<void()> act_;
};

} // namespace dorascope::ui

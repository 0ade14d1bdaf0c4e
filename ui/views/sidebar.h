// SPDX-License-Identifier: GPL-3.0-or-later
// The pages, and how much there is on each.
#pragma once

#include <QAbstractButton>
#include <QList>
#include <QWidget>

class QVBoxLayout;

namespace dorascope::ui {

/// One page's name, with a count in a pill when there is one.
class SidebarButton : public QAbstractButton {
    Q_OBJECT
public:
    explicit SidebarButton(const QString& name, QWidget* parent = nullptr);
    void setCount(const QString& count, bool alarming = false);
    QString count() const { return count_; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString count_;
    bool alarming_ = false;
};

class Sidebar : public QWidget {
    Q_OBJECT
public:
    explicit Sidebar(QWidget* parent = nullptr);
    SidebarButton& addPage(const QString& name, const QString& shortcut);
    void choose(int page); ///< −1: none of them
    SidebarButton& button(int page) { return *buttons_[page]; }

signals:
    void chosen(int page);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QVBoxLayout* layout_;
    QList<SidebarButton*> buttons_;
};

} // namespace dorascope::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QString>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace dorascope::ui {

/// A rounded sheet on the window's ground, optionally with a heading, on which a page lays its things.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(QWidget* parent = nullptr);
    QVBoxLayout* body() const { return body_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* body_;
};

/// "Exchanges   64 clients · 61 bound": a heading and, smaller, what there is to say about it.
class Heading : public QWidget {
    Q_OBJECT
public:
    explicit Heading(const QString& title, QWidget* parent = nullptr);
    void setNote(const QString& note);
    void addWidget(QWidget* widget); ///< at the right end

private:
    void restyle();
    QHBoxLayout* row_;
    QLabel* title_;
    QLabel* note_;
};

} // namespace dorascope::ui

// SPDX-License-Identifier: GPL-3.0-or-later
// Serving on an interface: what to hand out, checked as it is typed, and in plain words what is still missing.
#pragma once

#include "ui/views/card.h"
#include "ui/views/source_control.h"

#include <array>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace dorascope::ui {

class NoticeBar;

class ServePanel : public Card {
    Q_OBJECT
public:
    enum Field { first, last, router, dns, lease, fieldCount };
    explicit ServePanel(SourceControl& control, QWidget* parent = nullptr);

    /// Asks again which interfaces there are, and suggests values for the chosen one.
    void prepare();
    QComboBox& interfaceBox() { return *interface_; }
    QLineEdit& field(Field which) { return *edits_[which]; }
    QString complaint(Field which) const; ///< what is wrong with it; empty when nothing is
    QPushButton& startButton() { return *start_; }
    NoticeBar& notice() { return *notice_; }

signals:
    void closed();
    void started();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void addField(QFormLayout& form, Field which, const QString& label, const QString& hint);
    void suggest();
    void check();
    void start();
    void restyle();
    const InterfaceChoice* chosen() const;
    std::optional<server::Config> read();
    void complain(Field which, const QString& problem);

    SourceControl& control_;
    QList<InterfaceChoice> interfaces_;
    QComboBox* interface_;
    std::array<QLineEdit*, fieldCount> edits_{};
    std::array<QLabel*, fieldCount> problems_{};
    QLabel *state_, *general_;
    NoticeBar* notice_;
    QPushButton *start_, *cancel_;
};

} // namespace dorascope::ui

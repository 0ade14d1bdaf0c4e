// SPDX-License-Identifier: GPL-3.0-or-later
// Serving on an interface: what to hand out, checked as it is typed, and in plain words what is still missing.
#pragma once

#include "ui/views/card.h"
#include "ui/views/serve_form.h"
#include "ui/views/source_control.h"

#include <array>

class QCheckBox;
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
    enum Field { first, last, router, dns, lease, stop, fieldCount };
    explicit ServePanel(SourceControl& control, QWidget* parent = nullptr);

    /// Asks again which interfaces there are, and suggests values for the chosen one.
    void prepare();
    QComboBox& interfaceBox() { return *interface_; }
    QLineEdit& field(Field which) { return *edits_[which]; }
    QString complaint(Field which) const; ///< what is wrong with it; empty when nothing is
    QPushButton& startButton() { return *start_; }
    QCheckBox& probeBox() { return *probe_; }
    QCheckBox& politeBox() { return *polite_; }
    QPushButton& fileButton() { return *fileButton_; }
    QLabel& fileNote() { return *fileNote_; }
    /// What is served comes from this TOML file; with errors, all of them are shown and nothing changes. Empty: from the form again.
    void useFile(const QString& path);
    NoticeBar& notice() { return *notice_; }

signals:
    void closed();
    void started();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void addField(QFormLayout& form, Field which, const QString& label, const QString& hint);
    void buildBehaviour(QFormLayout& form);
    void buildButtons();
    void chooseFile();
    ServeForm form() const;
    void suggest();
    void remark();
    void check();
    void start();
    void restyle();
    const InterfaceChoice* chosen() const;
    std::optional<ServeReading> read();
    void complain(Field which, const QString& problem);

    SourceControl& control_;
    QList<InterfaceChoice> interfaces_;
    QComboBox* interface_;
    std::array<QLineEdit*, fieldCount> edits_{};
    std::array<QLabel*, fieldCount> problems_{};
    QLabel *state_, *general_;
    NoticeBar* notice_;
    QCheckBox *probe_, *polite_;
    QPushButton *start_, *fileButton_, *cancel_;
    QLabel* fileNote_;
    QString file_;
    std::optional<server::Config> fileConfig_;
};

} // namespace dorascope::ui

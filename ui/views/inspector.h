// SPDX-License-Identifier: GPL-3.0-or-later
// The selected message, from three sides: why it is as it is, every field of it, every byte.
#pragma once

#include "ui/models/field_model.h"
#include "ui/models/scope.h"
#include "ui/views/card.h"

class QLabel;
class QStackedWidget;
class QTabBar;
class QTreeView;

namespace dorascope::ui {

class HexView;
class MessageHeader;
class WhyView;

class Inspector : public Card {
    Q_OBJECT
public:
    enum Tab { why, fields, bytes };
    explicit Inspector(models::Scope& scope, QWidget* parent = nullptr);

    void showTab(Tab tab);
    WhyView& whyView() { return *why_; }
    QTreeView& fieldTree() { return *tree_; }
    HexView& hexView() { return *hex_; }
    models::FieldModel& fieldModel() { return fields_; }
    QString title() const;

private:
    QWidget* fieldsPage();
    QWidget* bytesPage();
    void load();
    void showField(int field); ///< −1: none
    void restyle();

    models::Scope& scope_;
    models::FieldModel fields_;
    MessageHeader* header_;
    QTabBar* tabs_;
    QStackedWidget* pages_;
    WhyView* why_;
    QTreeView* tree_;
    HexView* stripe_; ///< under the tree: the bytes of the hovered field
    HexView* hex_;
    QLabel* caption_; ///< under the bytes: the field of the hovered byte
};

} // namespace dorascope::ui

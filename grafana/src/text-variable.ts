import { ConstantVariableBuilder, TextBoxVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';

/** What a person, or a link, writes into a text box. */
export function textVariable(name: string, label: string, description: string, value = ''): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder(name)
    .label(label)
    .description(description)
    .defaultValue(value)
    .current({ selected: true, text: value, value });
}

/** What is the same for all people of one installation: hidden, used by links. */
export function constantVariable(name: string, description: string, value: string): ConstantVariableBuilder {
  return new ConstantVariableBuilder(name).description(description).value(value);
}

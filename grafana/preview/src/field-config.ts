import {
  booleanOverrideProcessor,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
  type FieldConfigEditorBuilder,
  type FieldConfigPropertyItem,
} from '@grafana/data';

type Process = FieldConfigPropertyItem['process'];

/** How each standard property of a field gets from a panel's JSON onto the field. */
const standardProperties: Readonly<Record<string, Process>> = {
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  fieldMinMax: booleanOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  color: identityOverrideProcessor,
  noValue: stringOverrideProcessor,
  links: dataLinksOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  filterable: booleanOverrideProcessor,
};

/** Makes the registries that Grafana's application fills: without editors, since nothing is edited here. */
export function registerFieldConfig(): void {
  standardEditorsRegistry.setInit(() => []);
  standardFieldConfigEditorRegistry.setInit(() =>
    Object.entries(standardProperties).map(([id, process]) => propertyItem(id, id, process)),
  );
  standardTransformersRegistry.setInit(() =>
    Object.values(standardTransformers).map((transformation) => ({
      id: transformation.id,
      aliasIds: transformation.aliasIds,
      name: transformation.name,
      editor: NoEditor,
      transformation: () => Promise.resolve(transformation),
      imageDark: '',
      imageLight: '',
    })),
  );
}

/** Gives a kind of panel its own properties of a field, with their defaults. */
export function customFieldConfig(defaults: Readonly<Record<string, unknown>>) {
  return {
    useCustomConfig: (builder: FieldConfigEditorBuilder<{}>) => {
      for (const [path, defaultValue] of Object.entries(defaults)) {
        builder.addCustomEditor({ ...propertyItem(path, path, identityOverrideProcessor), defaultValue });
      }
    },
  };
}

function propertyItem(id: string, path: string, process: Process): FieldConfigPropertyItem {
  return { id, path, name: id, editor: NoEditor, override: NoEditor, process, shouldApply: () => true };
}

function NoEditor(): null {
  return null;
}

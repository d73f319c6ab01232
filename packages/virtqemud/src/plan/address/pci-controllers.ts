import { VirError } from '@modvirt/core/errors';
import type { DomainDraft, Draft } from '../definition/draft.js';
import type { Controller } from '../definition/types.js';

type PciController = Extract<Draft<Controller>, { type: 'pci' }>;

/** Model names and targets of PCI controllers that leave them to us. */
export function fillPciControllers(domain: DomainDraft): void {
  for (const controller of domain.devices.controllers) {
    if (controller.type !== 'pci') continue;
    const name = controller.modelName ?? defaultName(controller.model);
    if (name !== undefined) controller.modelName = name;
    fillTarget(domain, controller);
  }
}

function defaultName(model: PciController['model']): PciController['modelName'] | undefined {
  switch (model) {
    case 'pci-bridge':
      return 'pci-bridge';
    case 'dmi-to-pci-bridge':
      return 'i82801b11-bridge';
    case 'pcie-to-pci-bridge':
      return 'pcie-pci-bridge';
    case 'pcie-root-port':
      return 'pcie-root-port';
    case 'pcie-switch-upstream-port':
      return 'x3130-upstream';
    case 'pcie-switch-downstream-port':
      return 'xio3130-downstream';
    case 'pci-expander-bus':
      return 'pxb';
    case 'pcie-expander-bus':
      return 'pxb-pcie';
    default:
      return undefined;
  }
}

function fillTarget(domain: DomainDraft, controller: PciController): void {
  const index = controller.index ?? 0;
  const place = controller.address?.type === 'pci' ? controller.address : undefined;
  switch (controller.model) {
    case 'pci-bridge': {
      controller.target ??= {};
      const target = controller.target;
      target.chassisNr ??= index;
      return;
    }
    case 'pcie-switch-downstream-port': {
      controller.target ??= {};
      const target = controller.target;
      target.chassis ??= index;
      target.port ??= place?.slot ?? 0;
      return;
    }
    case 'pcie-root-port': {
      controller.target ??= {};
      const target = controller.target;
      target.chassis ??= index;
      target.port ??= ((place?.slot ?? 0) << 3) + (place?.function ?? 0);
      return;
    }
    case 'pci-expander-bus':
    case 'pcie-expander-bus': {
      controller.target ??= {};
      const target = controller.target;
      target.busNr ??= expanderBusNumber(domain);
      return;
    }
    default:
  }
}

/** Expander buses are numbered downwards, with room for the buses behind each. */
function expanderBusNumber(domain: DomainDraft): number {
  const taken = domain.devices.controllers.flatMap((it) =>
    it.type === 'pci' && it.target?.busNr !== undefined ? [it.target.busNr] : [],
  );
  const lowest = Math.min(256, ...taken) - 2;
  if (lowest < 1) {
    throw VirError.of(
      'INTERNAL_ERROR',
      'No free busNr lower than current lowest busNr is available to auto-assign',
    );
  }
  return lowest;
}

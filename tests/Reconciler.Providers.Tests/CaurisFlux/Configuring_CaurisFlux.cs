namespace Reconciler.Providers.Tests;

public sealed class Configuring_CaurisFlux : SettingsContract<CaurisFluxSamples>;

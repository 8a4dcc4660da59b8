namespace Reconciler.Providers.Tests;

public sealed class Configuring_Zayono : SettingsContract<ZayonoSamples>;

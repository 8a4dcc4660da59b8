namespace Reconciler.Providers.Tests;

public sealed class Settings_of_ZoPay : SettingsContract<ZoPaySamples>;

using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>The providers that there are.</summary>
public static class ProviderCatalog
{
    public static ImmutableArray<IPayoutProvider> All { get; } =
        [new CaurisFluxProvider(), new AwdPayProvider(), new ZayonoProvider(), new PawaPayProvider(), new ZoPayProvider()];

    public static IPayoutProvider For(Provider provider) => All.Single(candidate => candidate.Key == provider);
}

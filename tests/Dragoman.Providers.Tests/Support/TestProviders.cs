using Dragoman.Gateway.Providers;
using Dragoman.Providers.Tests.Parrot;

namespace Dragoman.Providers.Tests.Support;

/// <summary>The providers that ship and one more, as <c>ProviderModules.cs</c> would have it: one line.</summary>
internal static class TestProviders
{
    public static ProviderRegistry CreateRegistry(TimeProvider time) => new(
    [
        .. ProviderModules.CreateRegistry(time).All,
        ParrotModule.Create(),
    ]);
}

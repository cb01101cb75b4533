using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Providers.Tests.Support;

/// <summary>An emulated vendor, and what a login flow talks to it with: the gateway's own bounded connections, and settings as <c>config.yaml</c> would have them.</summary>
internal sealed class EmulatedVendor : IAsyncDisposable
{
    private readonly EmulatorHost _host;
    private readonly UpstreamTransport _transport = new();

    private EmulatedVendor(EmulatorHost host, ManualTime time) => (_host, Time) = (host, time);

    /// <summary>The vendor's clock.</summary>
    public ManualTime Time { get; }

    /// <summary>Where it is, without a slash at the end.</summary>
    public string Address => _host.Address.ToString().TrimEnd('/');

    public EmulatorHost Host => _host;

    public static async Task<EmulatedVendor> StartAsync()
    {
        var time = new ManualTime();
        return new EmulatedVendor(await EmulatorHost.StartAsync(new EmulatorOptions { Time = time }), time);
    }

    /// <summary>What a flow of a provider works with.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="settings">Its settings, as YAML on one line.</param>
    public VendorContext ContextFor(ProviderModule provider, string settings)
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"providers: {{ {provider.Id}: {{ {settings} }} }}\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        return new VendorContext(new HttpMessageInvoker(new BoundedHandler(_transport, null, TimeProvider.System)), Time, loaded.Config!.SettingsOf(provider));
    }

    /// <summary>Opens an address as a person's browser does, and gives where it is sent to.</summary>
    public static async Task<(int Status, Uri? SentTo)> OpenAsync(Uri address)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await browser.GetAsync(address);
        return ((int)answer.StatusCode, answer.Headers.Location);
    }

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        await _host.DisposeAsync();
    }
}

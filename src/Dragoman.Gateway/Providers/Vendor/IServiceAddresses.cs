namespace Dragoman.Gateway.Providers.Vendor;

/// <summary>Settings of a provider whose service has several addresses (<see cref="HostFallback"/>): where it is asked before there is an account.</summary>
public interface IServiceAddresses
{
    /// <summary>Where the service is, without a slash at the end.</summary>
    string BaseUrl { get; }

    /// <summary>Where it is besides, in the order in which it is asked.</summary>
    IReadOnlyList<string> FallbackUrls { get; }
}

namespace Dragoman.Server.Lifetime;

/// <summary>A singleton that has to be opened before it can be used: a store, or what is read from one. A <see cref="StartStep"/> opens it.</summary>
/// <param name="open">Opens it.</param>
internal sealed class Opening<T>(Func<CancellationToken, Task<T>> open)
    where T : class
{
    private T? _opened;

    /// <summary>What was opened.</summary>
    /// <exception cref="InvalidOperationException">It is asked for before its step.</exception>
    public T Opened => _opened ?? throw new InvalidOperationException($"{typeof(T).Name} is not open yet: the start order has to name it before whatever uses it.");

    /// <summary>Opens it, once.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken) => _opened = await open(cancellationToken);
}

/// <summary>Registers singletons that are opened.</summary>
internal static class OpenedServices
{
    /// <summary>Registers a singleton that <see cref="StartStep.Open{T}"/> opens and the container closes.</summary>
    public static IServiceCollection AddOpened<T>(this IServiceCollection services, Func<IServiceProvider, CancellationToken, Task<T>> open)
        where T : class
        => services.AddSingleton(provider => new Opening<T>(cancellationToken => open(provider, cancellationToken)))
            .AddSingleton(provider => provider.GetRequiredService<Opening<T>>().Opened);
}

using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Providers.Schema;

/// <summary>Settings of a provider as a whole: <c>providers.ID</c> of <c>config.yaml</c>. Each has a default, which says of what day it is.</summary>
/// <typeparam name="TSelf">The settings.</typeparam>
public interface IProviderSettings<TSelf>
    where TSelf : class, IProviderSettings<TSelf>
{
    /// <summary>The keys.</summary>
    static abstract IReadOnlyList<SettingField> Fields { get; }

    /// <summary>What holds where nothing is configured.</summary>
    static abstract TSelf Defaults { get; }

    /// <summary>Reads them; faults are reported, and the default holds.</summary>
    static abstract TSelf Read(SettingsReader section);
}

/// <summary>The settings of a provider as values.</summary>
/// <param name="Fields">The keys.</param>
/// <param name="AsOf">The day on which the defaults were right: endpoints, client ids and versions of vendors change.</param>
/// <param name="Defaults">What holds where nothing is configured.</param>
/// <param name="Read">Reads them.</param>
public sealed record ProviderSettings(IReadOnlyList<SettingField> Fields, DateOnly AsOf, object Defaults, Func<SettingsReader, object> Read)
{
    /// <summary>The settings that a type is.</summary>
    /// <param name="asOf">The day on which the defaults were right.</param>
    public static ProviderSettings From<T>(DateOnly asOf)
        where T : class, IProviderSettings<T>
        => new(T.Fields, asOf, T.Defaults, static section => T.Read(section));
}

using Dragoman.Gateway.Settings;

namespace Dragoman.Management.Forms;

/// <summary>What a form asks for.</summary>
public enum FieldType
{
    /// <summary>A text on one line.</summary>
    String,

    /// <summary>A text that is not shown again.</summary>
    Secret,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number, fractions too.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>One of <see cref="SettingFieldView.Choices"/>.</summary>
    Enum,

    /// <summary>An address with scheme and host.</summary>
    Address,

    /// <summary>The address of a proxy, or <c>direct</c>.</summary>
    Proxy,

    /// <summary>A point in time.</summary>
    Time,

    /// <summary>A list of texts, or of maps with the keys in <see cref="SettingFieldView.Items"/>.</summary>
    List,

    /// <summary>A map of names to texts, or with the keys in <see cref="SettingFieldView.Items"/>.</summary>
    Map,
}

/// <summary>Where the value of a field stands in the body of an account.</summary>
public enum FieldPlace
{
    /// <summary>A member of the account itself.</summary>
    Account,

    /// <summary>In <c>settings</c>, under its name.</summary>
    Settings,

    /// <summary>In <c>credential</c>, with <c>_</c> for each <c>-</c> of its name.</summary>
    Credential,

    /// <summary>In the <c>inputs</c> of a login, under its name.</summary>
    Input,
}

/// <summary>A setting, described for a form.</summary>
/// <param name="Name">Its key in <c>config.yaml</c> and in the settings of an account.</param>
/// <param name="Title">The name in words.</param>
/// <param name="Description">What it does.</param>
/// <param name="Type">What a form asks for.</param>
/// <param name="Place">Where its value stands in the body of an account.</param>
/// <param name="Required">Whether nothing works without it.</param>
/// <param name="Secret">Whether its value is a secret or may hold one: it is not shown again.</param>
/// <param name="Default">What holds where it is absent, as it would be written.</param>
/// <param name="Choices">The words that it may be.</param>
/// <param name="Min">The least number.</param>
/// <param name="Max">The greatest number.</param>
/// <param name="TakesBareItems">Whether an item of a list may be a bare text.</param>
/// <param name="Items">The keys of an item of a list, or of a map.</param>
public sealed record SettingFieldView(
    string Name, string Title, string Description, FieldType Type, FieldPlace Place, bool Required, bool Secret, string? Default, IReadOnlyList<string>? Choices, int? Min, int? Max, bool TakesBareItems, IReadOnlyList<SettingFieldView>? Items)
{
    /// <summary>Words that are written in capitals.</summary>
    private static readonly HashSet<string> Capitals = new(StringComparer.Ordinal) { "api", "arn", "aws", "id", "ids", "ip", "json", "sso", "tls", "url", "ttl" };

    internal static SettingFieldView From(SettingField field, FieldPlace place) => new(
        field.Name, TitleOf(field.Name), field.Description, TypeOf(field), place, field.IsRequired, field.IsSecret, field.Default, field.Choices.Count > 0 ? field.Choices : null, field.Min, field.Max,
        field.TakesBareItems, field.Items.Count > 0 ? [.. field.Items.Select(item => From(item, place))] : null);

    private static FieldType TypeOf(SettingField field) => field.Type switch
    {
        SettingType.Text or SettingType.Duration => field.IsSecret ? FieldType.Secret : FieldType.String,
        SettingType.Integer => FieldType.Integer,
        SettingType.Number => FieldType.Number,
        SettingType.Flag => FieldType.Boolean,
        SettingType.Choice => FieldType.Enum,
        SettingType.Address => FieldType.Address,
        SettingType.Proxy => FieldType.Proxy,
        SettingType.Time => FieldType.Time,
        SettingType.TextList or SettingType.TextOrList or SettingType.List => FieldType.List,
        _ => FieldType.Map,
    };

    private static string TitleOf(string name)
    {
        var words = name.Split('-').Select(static word => Capitals.Contains(word) ? word.ToUpperInvariant() : word).ToArray();
        if (words[0].Length > 0) words[0] = char.ToUpperInvariant(words[0][0]) + words[0][1..];
        return string.Join(' ', words);
    }
}

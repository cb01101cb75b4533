using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Dragoman.Server.Panel;

/// <summary>A form in which a file is sent.</summary>
/// <param name="Coding">The content coding (RFC 9110, section 8.4.1); empty for the file as it is.</param>
/// <param name="Ending">What the name of the file in this form ends with.</param>
internal sealed record ContentForm(string Coding, string Ending)
{
    /// <summary>The file as it is.</summary>
    public static ContentForm Identity { get; } = new("", "");

    /// <summary>The compressed forms, the best first.</summary>
    public static ImmutableArray<ContentForm> Compressed { get; } = [new("br", ".br"), new("gzip", ".gz")];

    /// <summary>What stands behind a tag of this form: each form has bytes of its own.</summary>
    public string Mark => Coding.Length == 0 ? "" : "-" + Coding;

    /// <summary>The form that a caller likes best of those that there are; of two that it likes alike, the smaller one. Always one: who takes nothing gets the file as it is.</summary>
    /// <param name="accepted">The caller's <c>Accept-Encoding</c>.</param>
    /// <param name="forms">The compressed forms that there are, the best first.</param>
    public static ContentForm Choose(StringValues accepted, ImmutableArray<ContentForm> forms)
    {
        if (forms.IsEmpty || !StringWithQualityHeaderValue.TryParseList(accepted, out var codings)) return Identity;
        var (best, quality) = (Identity, 0d);
        foreach (var form in forms)
        {
            if (QualityOf(form.Coding) is { } wanted && wanted > quality) (best, quality) = (form, wanted);
        }

        // The file as it is may be asked for, too, and then rather.
        return QualityOf("identity", star: false) is { } plain && plain > quality ? Identity : best;

        double? QualityOf(string coding, bool star = true)
        {
            var found = codings.FirstOrDefault(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase)) ?? (star ? codings.FirstOrDefault(one => one.Value == "*") : null);
            return found is null ? null : found.Quality ?? 1;
        }
    }
}
